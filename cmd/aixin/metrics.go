package main

import (
	"math"
	"net/http"
	"net/http/pprof" // it is served on loopback alone; the multiplexer that it registers itself with is not
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aixin/store"
)

// metrics are what a server counts of itself, in a registry of its own.
type metrics struct {
	clock    func() time.Time
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	batches  prometheus.Histogram
	syncs    prometheus.Histogram
}

func newMetrics(clock func() time.Time) *metrics {
	m := &metrics{
		clock: clock, registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aixin_request_seconds", Help: "How long answers took, by route and class of status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}, []string{"route", "status"}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aixin_batch_entries", Help: "Entries of the batches that were appended to the journal.",
			Buckets: prometheus.ExponentialBuckets(1, 4, 7),
		}),
		syncs: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aixin_append_seconds", Help: "How long a batch took to be on stable storage.",
			Buckets: prometheus.ExponentialBuckets(.0001, 2, 14),
		}),
	}
	m.registry.MustRegister(m.requests, m.batches, m.syncs, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// request counts an answer by its route, whose pattern names nobody.
func (m *metrics) request(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// committed counts a batch.
func (m *metrics) committed(entries int, took time.Duration) {
	m.batches.Observe(float64(entries))
	m.syncs.Observe(took.Seconds())
}

// watch adds what is asked of the book when somebody reads the metrics.
func (m *metrics) watch(book *store.Ledger) {
	gauge := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	flag := func(yes bool) float64 {
		if yes {
			return 1
		}
		return 0
	}
	gauge("aixin_head_entries", "Entries that are on stable storage.", func() float64 { return float64(book.Head().Size) })
	gauge("aixin_queue_requests", "Requests that wait to be decided.", func() float64 { return float64(book.Stats().Queue) })
	gauge("aixin_writable", "1 where the book takes entries.", func() float64 { return flag(book.Ready() == nil) })
	gauge("aixin_scrub_failed", "1 where the comparison of journal and index found a difference.",
		func() float64 { return flag(book.Stats().Scrub.Failed != nil) })
	gauge("aixin_scrub_age_seconds", "Time since journal and index were compared as a whole; NaN before the first time.", func() float64 {
		ended := book.Stats().Scrub.Ended
		if ended.IsZero() {
			return math.NaN()
		}
		return m.clock().Sub(ended).Seconds()
	})
	room := func(pick func(free, floor int64) int64) func() float64 {
		return func() float64 {
			free, floor, err := book.Room()
			if err != nil {
				return math.NaN()
			}
			return float64(pick(free, floor))
		}
	}
	gauge("aixin_disk_free_bytes", "Bytes that are free where the book is.", room(func(free, _ int64) int64 { return free }))
	gauge("aixin_disk_floor_bytes", "Free bytes below which nothing is written.", room(func(_, floor int64) int64 { return floor }))
}

// handler answers whoever runs the server: with the metrics, and with profiles of the process.
func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

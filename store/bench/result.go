package bench

import (
	"fmt"
	"strings"
	"time"

	"aixin/ledger"
	"aixin/store"
)

// Result is what was measured. Times are in microseconds, rates in entries a second.
type Result struct {
	Clients    int     `json:"clients"`
	Volunteers int     `json:"volunteers"`
	Shops      int     `json:"shops"`
	Seconds    float64 `json:"seconds"` // of the measured load
	Entries    int64   `json:"entries"` // answered in it

	Throughput float64 `json:"throughput_per_s"`
	P50        int64   `json:"p50_us"`
	P99        int64   `json:"p99_us"`
	P999       int64   `json:"p999_us"`

	Batches         int64   `json:"batches"`
	EntriesPerBatch float64 `json:"entries_per_batch"`
	Syncs           int64   `json:"syncs"`         // of the journal
	JournalBytes    int64   `json:"journal_bytes"` // written in the measured load
	IndexRows       int64   `json:"index_rows"`    // written likewise; what several batches change is written once
	IndexBytes      int64   `json:"index_bytes"`

	Fdatasync    int64   `json:"fdatasync_us"` // one write and fdatasync of a batch's lines, nothing beside it: the median
	Floor        float64 `json:"floor_per_s"`
	FloorBatches int64   `json:"floor_batches"` // how many of the batches there was time to replay
	FloorRows    float64 `json:"floor_rows_per_entry"`
	SingleTxn    float64 `json:"single_txn_per_s"`
	SingleRows   float64 `json:"single_rows_per_entry"`

	OfFloor        float64 `json:"of_floor"`         // throughput ÷ floor
	TimesSingleTxn float64 `json:"times_single_txn"` // throughput ÷ single transactions

	first ledger.Index // entry of the measured load
}

// answered fills in what the clients saw; waits are sorted.
func (r *Result) answered(waits []time.Duration, took time.Duration) {
	r.Entries, r.Seconds = int64(len(waits)), took.Seconds()
	r.Throughput = float64(r.Entries) / r.Seconds
	at := func(q float64) int64 { return waits[int(q*float64(len(waits)-1))].Microseconds() }
	r.P50, r.P99, r.P999 = at(0.5), at(0.99), at(0.999)
}

// wrote fills in what the book wrote between two looks at its counters.
func (r *Result) wrote(before, after store.Stats) {
	r.Syncs = after.Commits - before.Commits
	r.IndexRows, r.IndexBytes = after.Index.Rows-before.Index.Rows, after.Index.Bytes-before.Index.Bytes
}

// String lays the result out for people.
func (r Result) String() string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-20s"+format+"\n", append([]any{name}, args...)...)
	}
	line("load", "%d clients, %d volunteers, %d shops, four credits to one redemption, %.1f s",
		r.Clients, r.Volunteers, r.Shops, r.Seconds)
	line("throughput", "%.0f entries/s durable and readable (%d entries)", r.Throughput, r.Entries)
	line("answer after", "p50 %d us, p99 %d us, p99.9 %d us", r.P50, r.P99, r.P999)
	line("batches", "%d, %.1f entries each, %d syncs", r.Batches, r.EntriesPerBatch, r.Syncs)
	line("written", "journal %d bytes, index %d rows of %d bytes", r.JournalBytes, r.IndexRows, r.IndexBytes)
	line("one fdatasync", "%d us for the lines of a batch", r.Fdatasync)
	line("floor", "%.0f entries/s (%d batches, %.1f rows an entry): %.2f of it is reached", r.Floor, r.FloorBatches, r.FloorRows, r.OfFloor)
	line("single transactions", "%.0f entries/s (%.1f rows an entry): %.1f times as many", r.SingleTxn, r.SingleRows, r.TimesSingleTxn)
	return b.String()
}

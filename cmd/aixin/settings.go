package main

import (
	"bytes"
	"errors"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
)

// serving are the settings of a server, which a configuration file may give too.
type serving struct {
	config  string // the configuration file
	listen  string
	tlsCert string
	tlsKey  string
	metrics string
	log     string
	lock    string // how long a browser of the staff may lie idle
	totp    string // of whom one-time codes are wanted
}

// Of whom a server may want one-time codes.
const (
	totpOfNobody   = "nobody"
	totpOfStewards = "stewards" // and whoever stands above them
)

// configured marks the commands that read the configuration file.
const configured = "configured"

// serverFlags adds the flags of a server.
func (a *app) serverFlags(cmd *cobra.Command) *cobra.Command {
	fs := cmd.Flags()
	fs.StringVar(&a.opts.config, "config", "", a.say.T("cli.flag.config"))
	fs.StringVar(&a.opts.listen, "listen", "", a.say.T("cli.flag.listen"))
	fs.StringVar(&a.opts.tlsCert, "tls-cert", "", a.say.T("cli.flag.tls_cert"))
	fs.StringVar(&a.opts.tlsKey, "tls-key", "", a.say.T("cli.flag.tls_key"))
	fs.StringVar(&a.opts.metrics, "metrics", "", a.say.T("cli.flag.metrics"))
	fs.StringVar(&a.opts.log, "log", "", a.say.T("cli.flag.log"))
	fs.StringVar(&a.opts.lock, "lock-after", "", a.say.T("cli.flag.lock_after"))
	fs.StringVar(&a.opts.totp, "require-totp", "", a.say.T("cli.flag.require_totp"))
	cmd.Annotations = map[string]string{configured: ""}
	return cmd
}

// servingSettings are the settings of a server, with their defaults.
func servingSettings() []setting {
	return []setting{
		{"config", "AIXIN_CONFIG", "", func(o *options) *string { return &o.config }},
		{"listen", "AIXIN_LISTEN", "", func(o *options) *string { return &o.listen }},
		{"tls-cert", "AIXIN_TLS_CERT", "", func(o *options) *string { return &o.tlsCert }},
		{"tls-key", "AIXIN_TLS_KEY", "", func(o *options) *string { return &o.tlsKey }},
		{"metrics", "AIXIN_METRICS", "", func(o *options) *string { return &o.metrics }},
		{"log", "AIXIN_LOG", "text", func(o *options) *string { return &o.log }},
		{"lock-after", "AIXIN_LOCK_AFTER", "10m", func(o *options) *string { return &o.lock }},
		{"require-totp", "AIXIN_REQUIRE_TOTP", totpOfNobody, func(o *options) *string { return &o.totp }},
	}
}

// settingsOf lists the settings of a command.
func settingsOf(cmd *cobra.Command) []setting {
	if _, ok := cmd.Annotations[configured]; !ok {
		return settings
	}
	return append(append([]setting{}, settings...), servingSettings()...)
}

// configFile is what a configuration file may say. Its keys are the names of the flags, with underscores.
type configFile struct {
	Book    string `toml:"book"`
	Lang    string `toml:"lang"`
	Listen  string `toml:"listen"`
	TLSCert string `toml:"tls_cert"`
	TLSKey  string `toml:"tls_key"`
	Metrics string `toml:"metrics"`
	Log     string `toml:"log"`
	Lock    string `toml:"lock_after"`
	TOTP    string `toml:"require_totp"`
}

// readFile returns what the configuration file of a command says, by the names of the flags; nothing where there is none.
func (o *options) readFile(cmd *cobra.Command, env func(string) string) (map[string]string, error) {
	if _, ok := cmd.Annotations[configured]; !ok {
		return nil, nil
	}
	path := o.config
	if path == "" {
		path = env("AIXIN_CONFIG")
	}
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &usageError{id: "no_config", err: err, data: catalog.Data{"Detail": err.Error()}}
	}
	var c configFile
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&c); err != nil {
		return nil, badConfig(path, err)
	}
	said, v := map[string]string{}, reflect.ValueOf(c)
	for i, f := range reflect.VisibleFields(v.Type()) {
		said[strings.ReplaceAll(f.Tag.Get("toml"), "_", "-")] = v.Field(i).String()
	}
	return said, nil
}

// badConfig says of a configuration file on which line it is wrong.
func badConfig(path string, err error) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		line, _ := first.Position()
		return &usageError{id: "config_key", err: err, data: catalog.Data{"File": path, "Line": line, "Key": strings.Join(first.Key(), ".")}}
	}
	line := 0
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = wrong.Position()
	}
	return &usageError{id: "config_file", err: err, data: catalog.Data{"File": path, "Line": line, "Detail": err.Error()}}
}

// check refuses settings of a server that contradict one another.
func (s serving) check(cmd *cobra.Command) error {
	if _, ok := cmd.Annotations[configured]; !ok {
		return nil
	}
	switch {
	case (s.tlsCert == "") != (s.tlsKey == ""):
		return &usageError{id: "tls_pair"}
	case s.metrics != "" && !loopback(s.metrics):
		return &usageError{id: "metrics", data: catalog.Data{"Address": s.metrics}}
	case s.log != "text" && s.log != "json":
		return &usageError{id: "log", data: catalog.Data{"Log": s.log}}
	case s.totp != totpOfNobody && s.totp != totpOfStewards:
		return &usageError{id: "require_totp", data: catalog.Data{"Who": s.totp}}
	case s.lockAfter() < time.Minute || s.lockAfter() > api.MaxLock:
		return &usageError{id: "lock_after", data: catalog.Data{"After": s.lock}}
	}
	return nil
}

// lockAfter is how long a browser of the staff may lie idle before it asks for the PIN; 0 for what is no such time.
func (s serving) lockAfter() time.Duration {
	d, err := time.ParseDuration(s.lock)
	if err != nil {
		return 0
	}
	return d
}

// loopback reports whether nobody but this computer reaches an address. A name is not believed: what it means may change.
func loopback(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && at.Addr().IsLoopback()
}

package notify

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"brink/alerts"
)

// spoolRecord is the state file. The version comes first: it is what the file is
// recognised by.
type spoolRecord struct {
	Version int       `json:"brink_outbox"`
	Host    string    `json:"host"`
	At      time.Time `json:"at"`
	// Sinks are the pages by the name of the sink.
	Sinks map[string][]pageRecord `json:"sinks"`
}

type pageRecord struct {
	Alert alertRecord `json:"alert"`
	Told  *toldRecord `json:"told,omitempty"`
	News  *newsRecord `json:"news,omitempty"`
	// Past are events that the sink has heard the end of lately.
	Past *pastRecord `json:"past,omitempty"`
}

type pastRecord struct {
	Value    number    `json:"value"`
	FiredAt  time.Time `json:"fired_at"`
	Happened time.Time `json:"happened"`
	EndedAt  time.Time `json:"ended_at"`
}

type alertRecord struct {
	Rule      string      `json:"rule"`
	Container string      `json:"container"`
	Instance  string      `json:"instance,omitempty"`
	Metric    string      `json:"metric"`
	Severity  severity    `json:"severity"`
	Value     number      `json:"value"`
	Threshold number      `json:"threshold"`
	Unit      alerts.Unit `json:"unit"`
	Message   string      `json:"message"`
	FiredAt   time.Time   `json:"fired_at"`
}

type toldRecord struct {
	Severity severity  `json:"severity"`
	Worst    severity  `json:"worst"`
	Value    number    `json:"value"`
	FiredAt  time.Time `json:"fired_at"`
	Happened time.Time `json:"happened,omitzero"`
	At       time.Time `json:"at"`
}

type newsRecord struct {
	Severity   severity  `json:"severity"`
	At         time.Time `json:"at"`
	Fires      bool      `json:"fires,omitempty"`
	Again      bool      `json:"again,omitempty"`
	Over       bool      `json:"over,omitempty"`
	Repeat     bool      `json:"repeat,omitempty"`
	Summary    bool      `json:"summary,omitempty"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Hold       time.Time `json:"hold,omitzero"`
	Changes    int       `json:"changes"`
}

// severity is written as its word, so that the file can be read by people and
// survives a new severity.
type severity alerts.Severity

// MarshalJSON writes the word.
func (s severity) MarshalJSON() ([]byte, error) { return alerts.Severity(s).MarshalJSON() }

// UnmarshalJSON reads the word.
func (s *severity) UnmarshalJSON(data []byte) error {
	var word string
	if err := json.Unmarshal(data, &word); err != nil {
		return err
	}
	for known := alerts.SeverityNone; known <= alerts.SeverityCritical; known++ {
		if known.String() == word {
			*s = severity(known)
			return nil
		}
	}
	return fmt.Errorf("no such severity: %q", word)
}

// number is a float that may be infinite, for which JSON has no word.
type number float64

// MarshalJSON writes null for what JSON has no word for.
func (n number) MarshalJSON() ([]byte, error) { return json.Marshal(finite(float64(n))) }

// record returns what the state file should know of this sink.
func (c *courier) record() []pageRecord {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []pageRecord
	for _, page := range c.book.ordered() {
		if record, ok := page.record(); ok {
			list = append(list, record)
		}
	}
	return list
}

func (p *page) record() (pageRecord, bool) {
	n := p.pending()
	if n != nil && !n.critical() {
		n = nil
	}
	if n == nil && !p.told.firing && p.past.value == 0 {
		return pageRecord{}, false
	}
	record := pageRecord{Alert: recordAlert(p.key, p.alert)}
	if p.past.value > 0 {
		record.Past = &pastRecord{Value: number(p.past.value), FiredAt: p.past.fired, Happened: p.past.happened, EndedAt: p.past.ended}
	}
	if p.told.firing {
		record.Told = &toldRecord{Severity: severity(p.told.severity), Worst: severity(p.told.worst), Value: number(p.told.value), FiredAt: p.told.fired, Happened: p.told.happened, At: p.told.at}
	}
	if n != nil {
		record.Alert = recordAlert(p.key, n.alert)
		record.Alert.FiredAt = p.began(n)
		record.News = &newsRecord{
			Severity: severity(n.severity), At: n.at, Fires: n.fires, Again: n.again, Over: n.over,
			Repeat: n.repeat, Summary: n.summary, ResolvedAt: n.resolved, Hold: n.hold, Changes: n.changes,
		}
	}
	return record, true
}

func recordAlert(key alerts.Key, a alerts.Alert) alertRecord {
	return alertRecord{
		Rule: key.Rule, Container: key.Container, Instance: key.Instance, Metric: a.Metric, Severity: severity(a.Severity),
		Value: number(a.Value), Threshold: number(a.Threshold), Unit: a.Unit, Message: a.Message, FiredAt: a.FiredAt,
	}
}

// restore takes over what an earlier brink left for this sink. Its deadline begins
// anew: brink was away, not the sink.
func (c *courier) restore(records []pageRecord) {
	for _, record := range records {
		page := record.page()
		if page.news != nil {
			page.news.since = c.now()
		}
		c.book.pages[page.key] = page
	}
}

func (r pageRecord) page() *page {
	a := r.Alert
	key := alerts.Key{Rule: a.Rule, Container: a.Container, Instance: a.Instance}
	p := &page{key: key, restored: true, alert: alerts.Alert{
		Key: key, Metric: a.Metric, Severity: alerts.Severity(a.Severity), State: alerts.StateFiring, Since: a.FiredAt, FiredAt: a.FiredAt,
		Value: float64(a.Value), Threshold: float64(a.Threshold), Unit: a.Unit, Message: a.Message,
	}}
	if r.Told != nil {
		p.told = told{
			firing: true, severity: alerts.Severity(r.Told.Severity), worst: alerts.Severity(r.Told.Worst),
			value: float64(r.Told.Value), fired: r.Told.FiredAt, happened: r.Told.Happened, at: r.Told.At,
		}
	}
	if r.Past != nil {
		p.past = past{value: float64(r.Past.Value), fired: r.Past.FiredAt, happened: r.Past.Happened, ended: r.Past.EndedAt}
	}
	if r.News != nil {
		p.news = r.News.news(p.alert)
	}
	return p
}

func (r newsRecord) news(alert alerts.Alert) *news {
	return &news{
		alert: alert, severity: alerts.Severity(r.Severity), at: r.At, fires: r.Fires, again: r.Again,
		over: r.Over, repeat: r.Repeat, summary: r.Summary, resolved: r.ResolvedAt, hold: r.Hold, changes: max(r.Changes, 1),
	}
}

// savedPages are what the state file held, until each sink has taken its own.
type savedPages struct {
	sinks map[string][]pageRecord
}

func (s *savedPages) take(name string) []pageRecord {
	pages := s.sinks[name]
	delete(s.sinks, name)
	return pages
}

// logOrphans tells of what was left for sinks that are not configured any more.
func (s *savedPages) logOrphans(log *slog.Logger) {
	for _, name := range slices.Sorted(maps.Keys(s.sinks)) {
		log.Warn("state file has notifications for a sink that is not configured: they are given up", "sink", name, "alerts", len(s.sinks[name]))
	}
}

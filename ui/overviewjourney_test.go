package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"brink/alerts"
	"brink/collectors"
)

func resized(width, height int) tea.WindowSizeMsg {
	return tea.WindowSizeMsg{Width: width, Height: height}
}

// threeAgents is a frame with three containers of the given loads, "a", "b" and "c".
func threeAgents(at time.Time, loads ...float64) Frame {
	frame := frameOf(at)
	for i, load := range loads {
		sample := agentWith(at, load)
		sample.Name = string(rune('a' + i))
		frame.Snapshot.Containers = append(frame.Snapshot.Containers, sample)
	}
	return frame
}

func TestJourneyThroughTheOverview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 100, 28)
		j.frame(threeAgents(noon, 0.30, 0.80, 0.55))
		j.shows("30% of 2.00 GiB", "o all containers")
		j.keys("o")
		j.shows("3 containers  3 running", "ALERT↓", "80%", "55%", "enter open", "o one container")
		j.hides("30% of 2.00 GiB", "next list")
		j.keys("G", "enter")
		j.shows("55% of 2.00 GiB")
		j.hides("3 containers")
		j.keys("o", "esc")
		j.shows("55% of 2.00 GiB")
		j.keys("o", "2")
		j.shows("80% of 2.00 GiB")
		j.keys("o", "9", "o")
		j.shows("80% of 2.00 GiB")

		// In a strip there is no room for the table, and no key for it.
		j.keys("o", "space")
		j.shows("‖ paused at 14:02:11")
		j.output.resize(80, 2)
		j.program.Send(resized(80, 2))
		j.settle()
		j.shows("mem", " 80%")
		j.keys("s", "/", "o")
		j.output.resize(100, 28)
		j.program.Send(resized(100, 28))
		j.settle()
		j.shows("ALERT↓", "Containers")
		j.end()
	})
}

// TestOverviewHelp: the help page has the keys of the table, and closes over it.
func TestOverviewHelp(t *testing.T) {
	m := send(newModel(100, 28), FrameMsg(threeAgents(noon, 0.3, 0.8)), press("o"), press("?"))
	text := screenText(t, m)
	for _, want := range []string{"s          sort by next column", "S          reverse the order", "/          filter", "enter      open"} {
		if !strings.Contains(text, want) {
			t.Errorf("the help page has no %q:\n%s", want, text)
		}
	}
	if m = send(m, press("o")); !m.overviewShown() {
		t.Error("a key below the help page closes the table")
	}
	if m = send(m, press("?")); m.nav.help || !m.overviewShown() {
		t.Error("the help page does not close over the table")
	}
}

// TestOverviewOrders sorts by every column, both ways, and starts anew after the
// last one.
func TestOverviewOrders(t *testing.T) {
	m := send(newModel(160, 40), FrameMsg(threeAgents(noon, 0.30, 0.80, 0.55)), press("o"))
	m.nav.overview.cursor = ""
	for _, test := range []struct {
		column, forwards, reversed string
	}{
		{"NAME", "[a] b c", "[c] b a"},
		{"STATE", "[a] b c", "[a] b c"},
		{"MEM", "[b] c a", "[a] c b"},
		{"USED", "[b] c a", "[a] c b"},
		{"CPU", "[b] c a", "[a] c b"},
		{"CORES", "[b] c a", "[a] c b"},
		{"THROT", "[b] c a", "[a] c b"},
		{"PIDS", "[b] c a", "[a] c b"},
		{"TASKS", "[b] c a", "[a] c b"},
		{"TMPFS", "[a] b c", "[a] b c"},
		{"ALERT", "[a] b c", "[a] b c"},
		{"NAME", "[a] b c", "[c] b a"},
	} {
		m = send(m, press("s"))
		if got := rowNames(m); got != test.forwards || !strings.Contains(screenText(t, m), test.column+"↓") {
			t.Errorf("by %s: %s, want %s", test.column, got, test.forwards)
		}
		if got := rowNames(send(m, press("S"))); got != test.reversed {
			t.Errorf("by %s reversed: %s, want %s", test.column, got, test.reversed)
		}
	}
}

// TestOverviewFollowsTheName: the marked row is a container, wherever it goes, and
// the place where it stood when it is gone.
func TestOverviewFollowsTheName(t *testing.T) {
	m := send(newModel(100, 28), FrameMsg(threeAgents(noon, 0.30, 0.80, 0.55)), press("o"), press("s"), press("s"), press("s"), press("j"))
	step := func(what, want string, frame Frame) {
		t.Helper()
		m = send(m, FrameMsg(frame))
		if got := rowNames(m); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	if got := rowNames(m); got != "b c [a]" {
		t.Fatalf("the container on the screen is not marked: %s", got)
	}
	step("it grows", "[a] b c", threeAgents(noon.Add(time.Second), 0.90, 0.80, 0.55))
	gone := threeAgents(noon.Add(2*time.Second), 0.90, 0.80, 0.55)
	gone.Snapshot.Containers = gone.Snapshot.Containers[1:]
	step("it is gone", "b [c]", gone)
	step("it is back", "b [a] c", threeAgents(noon.Add(3*time.Second), 0.60, 0.80, 0.55))
	if m = send(m, press("enter")); m.nav.selected != "a" || m.overviewShown() {
		t.Errorf("enter opens %q", m.nav.selected)
	}
}

// TestOverviewFilter leaves what has every word, in any letters, and keeps what was
// marked in mind.
func TestOverviewFilter(t *testing.T) {
	frame := threeAgents(noon, 0.30, 0.80, 0.55)
	frame.Snapshot.Containers[0].Image = "postgres:16"
	frame.Snapshot.Containers[2].State = collectors.StatePaused
	frame.Board = sortedBoard([]alerts.Alert{alertAbout("b", "memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityWarning)})
	base := send(newModel(100, 28), FrameMsg(frame), press("o"))
	for _, test := range []struct {
		name, text, want string
	}{
		{"nothing", "", "b [a] c"},
		{"blanks", "   ", "b [a] c"},
		{"no such thing", "zzz", ""},
		{"an image", "POSTgres", "[a]"},
		{"a state", "paused", "[c]"},
		{"an alert", "near-limit", "[b]"},
		{"a severity", "warning", "[b]"},
		{"all words must be there", "running open", "[b]"},
		{"keys are letters while one types", "qoaSmp", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := typed(send(base, press("/")), test.text)
			if got := rowNames(m); got != test.want {
				t.Errorf("%q leaves %q, want %q", test.text, got, test.want)
			}
			screenText(t, m)
			if m = send(m, press("esc")); rowNames(m) != "b [a] c" || m.nav.overview.filter.typing {
				t.Errorf("esc leaves %q", rowNames(m))
			}
		})
	}
}

// TestOverviewTyping edits the filter.
func TestOverviewTyping(t *testing.T) {
	base := send(newModel(100, 28), FrameMsg(threeAgents(noon, 0.30, 0.80, 0.55)), press("o"), press("/"))
	m := typed(base, "ü漢x")
	m = send(m, press("backspace"))
	if m.nav.overview.filter.text != "ü漢" {
		t.Errorf("the filter is %q after backspace", m.nav.overview.filter.text)
	}
	m = send(m, press("backspace"), press("backspace"), press("backspace"))
	if m.nav.overview.filter.text != "" || !m.nav.overview.filter.typing {
		t.Errorf("the filter is %q, typing %v", m.nav.overview.filter.text, m.nav.overview.filter.typing)
	}
	m = typed(base, strings.Repeat("x", 2*longestFilter))
	if len(m.nav.overview.filter.text) != longestFilter {
		t.Errorf("the filter has %d letters", len(m.nav.overview.filter.text))
	}
	if m = send(m, press("ctrl+u")); m.nav.overview.filter.text != "" {
		t.Errorf("the filter is %q after ctrl+u", m.nav.overview.filter.text)
	}
	m = send(typed(base, "b"), press("enter"))
	if got := rowNames(m); got != "[b]" || m.nav.overview.filter.typing {
		t.Errorf("enter leaves %q, typing %v", got, m.nav.overview.filter.typing)
	}
	if m = send(m, press("esc")); rowNames(m) != "[a] b c" || !m.overviewShown() {
		t.Errorf("esc leaves %q", rowNames(m))
	}
	if m = send(base, press("down"), press("down"), press("up"), press("enter")); rowNames(m) != "a [b] c" {
		t.Errorf("arrows while typing mark %q", rowNames(m))
	}
	if _, cmd := base.Update(press("ctrl+c")); cmd == nil {
		t.Error("ctrl+c does not quit while one types")
	}
}

// TestOverviewAlerts: a key about an alert shows it first, whichever row is marked
// and whatever was chosen before.
func TestOverviewAlerts(t *testing.T) {
	m, asked := actingModel(100, 28)
	frame := threeAgents(noon, 0.30, 0.80)
	frame.Board = sortedBoard([]alerts.Alert{alertAbout("b", "memory-near-limit", alerts.MetricMemoryRatio, alerts.SeverityCritical)})
	m = send(m, FrameMsg(frame), press("2"), press("a"), press("o"), press("a"))
	if len(*asked) != 0 || m.overviewShown() || m.nav.focus != PanelAlerts {
		t.Fatalf("the first press asks for %v", *asked)
	}
	if send(m, press("a")); len(*asked) != 1 || (*asked)[0].Key.Container != "b" {
		t.Errorf("the second press asks for %v", *asked)
	}
}

// TestOverviewScrolls through more rows than there is room for: the marked one is
// always on the screen.
func TestOverviewScrolls(t *testing.T) {
	m := overviewOfMany(newModel(80, 24))
	for _, test := range []struct{ keys, shows, fact string }{
		{"G", "agent-40", "22-40 of 40"},
		{"g", "agent-06", "1-19 of 40"},
		{"jjjjjjjjjjjjjjjjjjj", "agent-12", "2-20 of 40"},
		{"k", "agent-12", "2-20 of 40"},
	} {
		m = typed(m, test.keys)
		text := screenText(t, m)
		if !strings.Contains(text, test.fact) {
			t.Errorf("%s: no %q:\n%s", test.keys, test.fact, text)
		}
		if rows := m.rows(); !strings.Contains(text, rows[m.nav.overview.place(rows)].title()) {
			t.Errorf("%s: the marked row is not on the screen:\n%s", test.keys, text)
		}
	}
}

// TestOverviewOpensByItself where the number keys do not reach every container, and
// stays shut once it was closed.
func TestOverviewOpensByItself(t *testing.T) {
	for _, test := range []struct {
		count int
		want  bool
	}{{1, false}, {9, false}, {11, true}} {
		m := send(newModel(100, 28), FrameMsg(manyFrame(noon, test.count)))
		if m.overviewShown() != test.want {
			t.Errorf("with %d containers it is open: %v", test.count, m.overviewShown())
		}
		m = send(m, press("esc"), FrameMsg(manyFrame(noon.Add(time.Second), test.count)))
		if m.overviewShown() {
			t.Errorf("with %d containers it opens again", test.count)
		}
	}
}

// TestOverviewTellsPathsApart: of a path that is too long, the end stays.
func TestOverviewTellsPathsApart(t *testing.T) {
	frame := threeAgents(noon, 0.30, 0.80)
	frame.Snapshot.Containers[0].Name = "cgroup:/system.slice/a-very-long-name-of-a.slice/web.service"
	frame.Snapshot.Containers[1].Name = "cgroup:/system.slice/a-very-long-name-of-a.slice/db.service"
	for _, width := range []int{40, 60, 100, 160} {
		text := screenText(t, send(newModel(width, 40), FrameMsg(frame), press("o")))
		if !strings.Contains(text, "/web.serv") || !strings.Contains(text, "/db.serv") {
			t.Errorf("at %d, the names look the same:\n%s", width, text)
		}
	}
}

// TestOverviewAddsUp what the living use, and says when that is not all.
func TestOverviewAddsUp(t *testing.T) {
	frame := threeAgents(noon, 0.30, 0.80, 0.50)
	frame.Snapshot.Containers[1].State = collectors.StateExited
	if text := screenText(t, send(newModel(100, 28), FrameMsg(frame), press("o"))); !strings.Contains(text, "together 1.60 GiB cannot be freed") {
		t.Errorf("the dead are added, or the living are not:\n%s", text)
	}
	frame.Snapshot.Containers[2].CPU = collectors.CPUSample{}
	if text := screenText(t, send(newModel(100, 28), FrameMsg(frame), press("o"))); !strings.Contains(text, "together at least 1.60 GiB") {
		t.Errorf("what is not measured is not told:\n%s", text)
	}
}

// TestColumnsFit: at no width do columns overlap or leave the table, and the most
// important ones are always there.
func TestColumnsFit(t *testing.T) {
	rows := overviewOfMany(newModel(120, 40)).allRows()
	fields := FieldTable()
	for width := compactWidth - 2; width < 300; width++ {
		end, shown := numberWidth(len(rows)), map[FieldID]bool{}
		for _, c := range columnsFor(width, fields, rows) {
			if c.x < end || c.width < 1 {
				t.Fatalf("at %d, column %d starts at %d, before %d", width, c.field, c.x, end)
			}
			end, shown[c.field] = c.x+c.width+columnGap, true
		}
		if end-columnGap > width {
			t.Fatalf("at %d, the columns end at %d", width, end-columnGap)
		}
		for _, id := range []FieldID{FieldName, FieldMemoryShare, FieldCPUShare, FieldPidsShare} {
			if !shown[id] {
				t.Fatalf("at %d, there is no %s", width, fields[id].Name)
			}
		}
	}
}

// TestOverviewInThePast: the table walks in time, leads back to now before it
// closes, and has no values from after the moment.
func TestOverviewInThePast(t *testing.T) {
	m := newModel(100, 28)
	for back := 3; back >= 0; back-- {
		m = send(m, FrameMsg(threeAgents(noon.Add(-time.Duration(back)*time.Second), 0.60-0.1*float64(back), 0.80)))
	}
	dead := threeAgents(noon.Add(time.Second), 0.60, 0.80)
	dead.Snapshot.Containers[0] = stoppedSample()
	dead.Snapshot.Containers[0].Name = "a"
	late := agentWith(noon, 0.5)
	late.Name = "late"
	dead.Snapshot.Containers = append(dead.Snapshot.Containers, late)
	m = send(m, FrameMsg(dead), press("o"))
	for _, test := range []struct {
		keys  string
		shows []string
	}{
		{"", []string{"exited 137      60%", "late "}},
		{"h", []string{"◂ 14:02:11", "a             running 3d 4h   60%", "? 3 late", "2 running · 1 unknown"}},
		{"hh", []string{"◂ 14:02:09", "a             running 3d 3h   40%"}},
		{"l", []string{"◂ 14:02:10", "a             running 3d 3h   50%"}},
	} {
		m = typed(m, test.keys)
		text := screenText(t, m)
		for _, want := range test.shows {
			if !strings.Contains(text, want) {
				t.Errorf("%q does not show %q:\n%s", test.keys, want, text)
			}
		}
	}
	if m = send(m, press("esc")); m.walk.on() || !m.overviewShown() {
		t.Error("esc does not lead back to now first")
	}
	if m = send(m, press("esc")); m.overviewShown() {
		t.Error("esc does not close the table then")
	}
}

// TestBytesPerUpdateOfOverview is the design's bound for a table in which every row
// changes.
func TestBytesPerUpdateOfOverview(t *testing.T) {
	const updates, budget = 60, 1500
	synctest.Test(t, func(t *testing.T) {
		j := startJourney(t, 120, 40)
		for i := range 2 * updates {
			if i == updates {
				j.output.reset()
			}
			j.frame(manyFrame(noon.Add(time.Duration(i-3*updates)*time.Second), 40))
		}
		mean := j.output.bytes() / updates
		t.Logf("%d bytes per update", mean)
		if mean > budget {
			t.Errorf("%d bytes per update, want at most %d", mean, budget)
		}
		j.end()
	})
}

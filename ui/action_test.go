package ui

import (
	"testing"
	"time"

	"brink/alerts"
	"brink/collectors"
)

// TestWishIsFulfilled goes through what ends a wish.
func TestWishIsFulfilled(t *testing.T) {
	acknowledge := Action{Kind: ActAcknowledge, Key: keyOf("a")}
	mute := Action{Kind: ActMute, Key: keyOf("a"), For: time.Hour}
	unmute := Action{Kind: ActMute, Key: keyOf("a")}
	follow := Action{Kind: ActFollow, Name: "web"}
	plain := alarms(noon, "a")
	known := edited(plain, "a", func(a *alerts.Alert) { a.Acknowledged = true })
	quiet := edited(plain, "a", func(a *alerts.Alert) { a.MutedUntil = noon.Add(time.Hour) })
	late := alarms(noon.Add(wishPatience+1), "a")
	web := frameOf(noon, collectors.ContainerSample{Name: "web"})
	for _, test := range []struct {
		name  string
		made  Action
		frame Frame
		want  bool
	}{
		{"not acknowledged yet", acknowledge, plain, false},
		{"muted is not acknowledged", acknowledge, quiet, false},
		{"acknowledged", acknowledge, known, true},
		{"the alert is over", acknowledge, frameOf(noon), true},
		{"too late", acknowledge, late, true},
		{"not muted yet", mute, plain, false},
		{"muted", mute, quiet, true},
		{"still muted", unmute, quiet, false},
		{"muted no more", unmute, plain, true},
		{"a muted alert is over", mute, frameOf(noon), true},
		{"not followed yet", follow, offering(noon, "web"), false},
		{"another one came up", follow, plain, false},
		{"followed", follow, web, true},
		{"never followed", follow, offering(noon.Add(time.Minute), "web"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (wish{action: test.made, at: noon}).fulfilled(test.frame); got != test.want {
				t.Errorf("fulfilled: %v, want %v", got, test.want)
			}
		})
	}
	if !(wish{}).fulfilled(plain) {
		t.Error("no wish is one that waits")
	}
}

// TestWishInWords marks the alert that is meant, and no other.
func TestWishInWords(t *testing.T) {
	for _, test := range []struct {
		made Action
		want string
	}{
		{Action{Kind: ActAcknowledge, Key: keyOf("a")}, "acknowledging …"},
		{Action{Kind: ActMute, Key: keyOf("a"), For: time.Minute}, "muting …"},
		{Action{Kind: ActMute, Key: keyOf("a")}, "unmuting …"},
		{Action{Kind: ActAcknowledge, Key: keyOf("b")}, ""},
		{Action{Kind: ActFollow, Name: "a"}, ""},
	} {
		if got := (wish{action: test.made, at: noon}).word(keyOf("a")); got != test.want {
			t.Errorf("%+v is told as %q, want %q", test.made, got, test.want)
		}
	}
	if got := (wish{}).word(alerts.Key{}); got != "" {
		t.Errorf("no wish is told as %q", got)
	}
	if (wish{action: Action{Kind: ActFollow}}).follows("") {
		t.Error("no wish follows something")
	}
}

// TestActionsKeepTheirOrder hands each press over at once.
func TestActionsKeepTheirOrder(t *testing.T) {
	m, asked := actingModel(120, 40)
	m = send(m, FrameMsg(alarms(noon, "a", "b", "c")), press("tab"))
	send(m, press("a"), press("down"), press("m"), press("down"), press("a"), press("m"))
	want := []Action{
		{Kind: ActAcknowledge, Key: keyOf("a")},
		{Kind: ActMute, Key: keyOf("b"), For: muteFor},
		{Kind: ActAcknowledge, Key: keyOf("c")},
		{Kind: ActMute, Key: keyOf("c"), For: muteFor},
	}
	if len(*asked) != len(want) {
		t.Fatalf("asked for %v, want %v", *asked, want)
	}
	for i := range want {
		if (*asked)[i] != want[i] {
			t.Errorf("action %d is %+v, want %+v", i, (*asked)[i], want[i])
		}
	}
}

// TestAlertOf finds an alert by all of its key.
func TestAlertOf(t *testing.T) {
	mount := firing("tmpfs-filling", "", alerts.SeverityWarning, "")
	mount.Instance = "/tmp"
	board := alerts.Board{Alerts: []alerts.Alert{firing("a", "", alerts.SeverityWarning, ""), mount}}
	for _, test := range []struct {
		key  alerts.Key
		want bool
	}{
		{keyOf("a"), true},
		{keyOf("b"), false},
		{alerts.Key{Rule: "a", Container: "web"}, false},
		{keyOf("tmpfs-filling"), false},
		{mount.Key, true},
		{alerts.Key{}, false},
	} {
		if got, ok := alertOf(board, test.key); ok != test.want || ok && got.Key != test.key {
			t.Errorf("alert of %+v is %+v (%v), want one: %v", test.key, got.Key, ok, test.want)
		}
	}
}

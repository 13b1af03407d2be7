package e2e

import (
	"encoding/json"
	"testing"
)

func TestNotices(t *testing.T) {
	own := json.RawMessage(`{"id":"7","alerts":[{"rule":"zombies","state":"firing"},{"id":"9","rule":"oom-kill","state":"resolved"}]}`)
	theirs := json.RawMessage(`{"alerts":[{"status":"firing","labels":{"alertname":"oom-kill"}}]}`)
	notices, err := Notices([]Arrival{
		{Answer: 500, Body: own},
		{Answer: 200, Body: own},
		{Answer: 0, Body: own},
		{Env: map[string]string{"BRINK_ID": "7"}, Body: own},
		{Answer: 200, Body: theirs},
	}, "oom-kill")
	if err != nil || len(notices) != 3 {
		t.Fatalf("%v, %v: want what was accepted", notices, err)
	}
	if notices[0].State != "resolved" || notices[0].ID != "9" || notices[2].State != "firing" {
		t.Errorf("%+v", notices)
	}
	if _, err := Notices([]Arrival{{Answer: 200, Body: json.RawMessage(`[`)}}, "oom-kill"); err == nil {
		t.Error("what cannot be read is no error")
	}
}

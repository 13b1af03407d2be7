package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestServe(t *testing.T) {
	dir := t.TempDir()
	server := httptest.NewServer(receiver{dir: dir})
	defer server.Close()
	for _, test := range []struct {
		answer, retryAfter string
		want               int
	}{
		{"", "", http.StatusOK},
		{"500", "", http.StatusInternalServerError},
		{"429 3\n", "3", http.StatusTooManyRequests},
	} {
		if err := os.WriteFile(filepath.Join(dir, "hook.answer"), []byte(test.answer), 0o600); err != nil {
			t.Fatal(err)
		}
		if test.answer == "" {
			if err := os.Remove(filepath.Join(dir, "hook.answer")); err != nil {
				t.Fatal(err)
			}
		}
		response, err := http.Post(server.URL+"/hook", "application/json", strings.NewReader(`{"n":1}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		if response.StatusCode != test.want || response.Header.Get("Retry-After") != test.retryAfter {
			t.Errorf("%q: answered %d, Retry-After %q", test.answer, response.StatusCode, response.Header.Get("Retry-After"))
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "hook.log"))
	if err != nil || strings.Count(string(text), `"body":{"n":1}`) != 3 || !strings.Contains(string(text), `"answer":429`) {
		t.Errorf("written down: %s%v", text, err)
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := save(path, strings.NewReader("no JSON"), nil); err == nil {
		t.Error("what is no JSON was written down")
	}
	if err := save(path, strings.NewReader(`{"a":1}`), []string{"BRINK_RULE=oom-kill", "HOME=/root"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), `"env":{"BRINK_RULE":"oom-kill"},"body":{"a":1}`) {
		t.Errorf("written down: %s%v", text, err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"save"}, {"serve", "127.0.0.1:0"}, {"else", "x"}} {
		if err := run(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

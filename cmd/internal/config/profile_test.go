package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"brink/alerts/audit"
)

func diffProfile(want, got audit.Profile) string {
	return cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty())
}

func writtenProfile(t testing.TB, p audit.Profile) string {
	t.Helper()
	var text strings.Builder
	if err := WriteProfile(&text, p); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestBadProfile holds what a person is told of each fault, all at once, against a
// text.
func TestBadProfile(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/profile/bad.toml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = ParseProfile("bad.toml", data)
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("error %v, want Faults", err)
	}
	golden(t, "testdata/profile/bad.txt", faults.Error()+"\n")
}

// TestProfilesAreReadAsTheyAreWritten: the built-in ones, and one with everything.
func TestProfilesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, name := range audit.Profiles() {
		want, _ := audit.BuiltIn(name)
		text := writtenProfile(t, want)
		got, err := ParseProfile(name+".toml", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := diffProfile(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	data, err := os.ReadFile("testdata/profile/good.toml")
	if err != nil {
		t.Fatal(err)
	}
	profile, err := ParseProfile("good.toml", data)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/profile/good.txt", writtenProfile(t, profile))
}

func TestLoadProfile(t *testing.T) {
	t.Parallel()
	if _, err := LoadProfile(filepath.Join(t.TempDir(), "none.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	profile, err := LoadProfile("testdata/profile/good.toml")
	if err != nil || profile.Name != "good" {
		t.Errorf("%+v, %v", profile, err)
	}
}

// FuzzProfile: whatever the file holds, there is a profile that reads back as it is
// written, or there are faults with their places.
func FuzzProfile(f *testing.F) {
	for _, name := range []string{"good", "bad"} {
		data, err := os.ReadFile("testdata/profile/" + name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		profile, err := ParseProfile("p.toml", data)
		if err != nil {
			checkFaults(t, data, err)
			return
		}
		again, err := ParseProfile("p.toml", []byte(writtenProfile(t, profile)))
		if err != nil {
			t.Fatalf("%v\n%s", err, writtenProfile(t, profile))
		}
		if diff := diffProfile(profile, again); diff != "" {
			t.Fatalf("(-read +written and read)\n%s", diff)
		}
	})
}

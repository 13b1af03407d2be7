package cgroupfs

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// decodeCase is one text of a kernel file: what is made of it, and the cause of the
// fault, if there is one. What is not in want is absent.
type decodeCase struct {
	name string
	text string
	want string
	err  error
}

// testDecoder runs a table over one parser. Every case runs twice, fresh and on top
// of other values: nothing of an earlier reading may survive.
func testDecoder[T any, P interface {
	*T
	decoder
}](t *testing.T, full string, cases []decodeCase,
) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var fresh, used T
			if bad := P(&used).decode([]byte(full)); bad != nil {
				t.Fatal(bad)
			}
			for _, into := range []P{&fresh, &used} {
				bad := into.decode([]byte(c.text))
				if got := brief(*into); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				checkFault(t, bad, c.err)
			}
		})
	}
}

func checkFault(t *testing.T, bad *ParseError, want error) {
	t.Helper()
	switch {
	case bad == nil && want != nil:
		t.Errorf("no fault, want %v", want)
	case bad != nil && !errors.Is(bad, want):
		t.Errorf("fault %v, want %v", bad, want)
	}
}

// brief lists the values that are there: "Usage=10µs Periods=3".
func brief(v any) string {
	var parts []string
	leaves("", reflect.ValueOf(v), func(name string, leaf reflect.Value) {
		switch leaf.FieldByName("State").Interface() {
		case Present:
			parts = append(parts, fmt.Sprintf("%s=%v", name, leaf.FieldByName("N")))
		case Max:
			parts = append(parts, name+"=max")
		}
	})
	return strings.Join(parts, " ")
}

// leaves visits every Value.
func leaves(name string, v reflect.Value, visit func(string, reflect.Value)) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			leaves(fmt.Sprintf("%s%d.", name, i), v.Index(i), visit)
		}
	case v.Kind() != reflect.Struct:
	case isScalar(v):
		visit(strings.TrimSuffix(name, "."), v)
	default:
		for i := range v.NumField() {
			leaves(name+v.Type().Field(i).Name+".", v.Field(i), visit)
		}
	}
}

// fuzzDecoder checks of any text at all that it gives a value or a typed fault,
// that no number is made up, and that the answer does not hang on what was decoded
// before. The seeds are every text that the fixture trees have for the files.
func fuzzDecoder[T any, P interface {
	*T
	decoder
}](f *testing.F, files ...File,
) {
	f.Helper()
	seed(f, files...)
	f.Fuzz(func(t *testing.T, text []byte) {
		var fresh, used T
		bad := P(&fresh).decode(text)
		checkTyped(t, bad)
		for _, s := range []string{"1\n", "max 2\n", "some avg10=0.01 total=1\n", "usage_usec 3\nanon 4\n", "8:0 rbytes=1\n"} {
			_ = P(&used).decode([]byte(s)) // most are of other files
		}
		again := P(&used).decode(text)
		if diff := cmp.Diff(brief(fresh), brief(used)); diff != "" || (bad == nil) != (again == nil) {
			t.Errorf("the second time: %v, %v (-fresh +used):\n%s", bad, again, diff)
		}
		leaves("", reflect.ValueOf(fresh), func(name string, leaf reflect.Value) {
			if digits := kernelText(leaf); !strings.Contains(string(text), digits) {
				t.Errorf("%s = %v is not in %q", name, leaf, text)
			}
		})
	})
}

func checkTyped(t *testing.T, bad *ParseError) {
	t.Helper()
	if bad == nil {
		return
	}
	for _, cause := range []error{ErrEmpty, ErrSyntax, ErrNegative, ErrRange, ErrNoKnownKey} {
		if errors.Is(bad, cause) && len(bad.Text) <= textLimit+len("...") {
			return
		}
	}
	t.Errorf("fault of no known cause: %v", bad)
}

// kernelText writes a value as the kernel does.
func kernelText(leaf reflect.Value) string {
	if leaf.FieldByName("State").Interface() != Present {
		return ""
	}
	switch n := leaf.FieldByName("N").Interface().(type) {
	case time.Duration:
		return strconv.FormatInt(n.Microseconds(), 10)
	case BasisPoints:
		return fmt.Sprintf("%d.%02d", n/100, n%100)
	case bool:
		return map[bool]string{false: "0", true: "1"}[n]
	default:
		return fmt.Sprint(n)
	}
}

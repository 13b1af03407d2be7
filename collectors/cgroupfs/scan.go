package cgroupfs

import (
	"bytes"
	"errors"
	"math"
	"time"
)

// A decoder is the Go side of one kernel file.
type decoder interface {
	// reset makes every value absent.
	reset()
	// decode resets, then fills in what text holds. A bad line leaves its own
	// value absent and the others stand; the first fault is returned.
	decode(text []byte) *ParseError
}

// scalar is a file that holds one number.
type scalar[T ~uint64] Value[T]

func (s *scalar[T]) reset() { *s = scalar[T]{} }

func (s *scalar[T]) decode(text []byte) *ParseError {
	s.reset()
	text = bytes.TrimSpace(text)
	n, err := parseUint(text)
	if err != nil {
		return fault(text, err)
	}
	*s = scalar[T](present(T(n)))
	return nil
}

// limit is a file that holds one number or "max".
type limit[T ~uint64] Value[T]

func (l *limit[T]) reset() { *l = limit[T]{} }

func (l *limit[T]) decode(text []byte) *ParseError {
	l.reset()
	text = bytes.TrimSpace(text)
	v, err := parseLimit[T](text)
	if err != nil {
		return fault(text, err)
	}
	*l = limit[T](v)
	return nil
}

// span is a file that holds one number of microseconds.
type span Value[time.Duration]

func (s *span) reset() { *s = span{} }

func (s *span) decode(text []byte) *ParseError {
	s.reset()
	text = bytes.TrimSpace(text)
	d, err := parseMicroseconds(text)
	if err != nil {
		return fault(text, err)
	}
	*s = span(present(d))
	return nil
}

// eachPair calls set for every "key value" line of a flat-keyed file. The kernel
// may insert new keys anywhere, so set answers whether it knows the key; what
// belongs to an unknown key is not looked at. Blank lines are skipped.
func eachPair(text []byte, set func(key, value []byte) (known bool, err error)) *ParseError {
	var bad *ParseError
	var seen bool
	var unknown []byte // the first line of an unknown key
	for len(text) > 0 {
		var line []byte
		if line, text = cutLine(text); len(line) == 0 {
			continue
		}
		key, value := cutKey(line)
		known, err := set(key, value)
		if len(value) == 0 {
			err = ErrSyntax
		}
		if !known && unknown == nil {
			unknown = line
		}
		if err != nil && bad == nil {
			bad = fault(line, err)
		}
		seen = seen || known
	}
	if bad != nil || seen {
		return bad
	}
	if unknown == nil {
		return fault(nil, ErrEmpty)
	}
	return fault(unknown, ErrNoKnownKey)
}

// cutLine splits the first line off, without its line ending and outer blanks. The
// kernel ends lines with \n; \r\n comes from fixtures that passed through another
// system.
func cutLine(text []byte) (line, rest []byte) {
	end := bytes.IndexByte(text, '\n') //nolint:modernize // bytes.Cut takes twice as long, and this runs for every line of every read
	if end < 0 {
		return trim(text), nil
	}
	return trim(text[:end]), text[end+1:]
}

func trim(line []byte) []byte {
	for len(line) > 0 && line[len(line)-1] <= ' ' {
		line = line[:len(line)-1]
	}
	for len(line) > 0 && line[0] <= ' ' {
		line = line[1:]
	}
	return line
}

// cutKey is cutField for keys, which are longer.
func cutKey(line []byte) (key, value []byte) {
	i := bytes.IndexByte(line, ' ') //nolint:modernize // as above
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

// cutField splits the first field off a line.
func cutField(line []byte) (field, rest []byte) {
	field, rest, _ = cut(line, ' ')
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return field, rest
}

// cut is bytes.Cut for one byte that is near: a loop over the ten bytes of a key
// is twice as fast as the call of a vectorised search.
func cut(text []byte, at byte) (before, after []byte, found bool) {
	for i, c := range text {
		if c == at {
			return text[:i], text[i+1:], true
		}
	}
	return text, nil, false
}

// setUint parses value into dst. It is false, and no error, for a nil dst: the
// key is not known.
func setUint[T ~uint64](dst *Value[T], value []byte) (known bool, err error) {
	if dst == nil {
		return false, nil
	}
	n, err := parseUint(value)
	if err != nil {
		*dst = Value[T]{}
		return true, err
	}
	*dst = present(T(n))
	return true, nil
}

// setMicroseconds is setUint for a number of microseconds.
func setMicroseconds(dst *Value[time.Duration], value []byte) (known bool, err error) {
	if dst == nil {
		return false, nil
	}
	d, err := parseMicroseconds(value)
	if err != nil {
		*dst = Value[time.Duration]{}
		return true, err
	}
	*dst = present(d)
	return true, nil
}

// parseLimit parses a number or "max".
func parseLimit[T ~uint64](text []byte) (Value[T], error) {
	if string(text) == "max" {
		return unlimited[T](), nil
	}
	n, err := parseUint(text)
	if err != nil {
		return Value[T]{}, err
	}
	return present(T(n)), nil
}

// parseMicroseconds parses a number of microseconds. This is the one place where
// the unit of the kernel becomes Go's.
func parseMicroseconds(text []byte) (time.Duration, error) {
	n, err := parseUint(text)
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt64/uint64(time.Microsecond) {
		return 0, ErrRange
	}
	return time.Duration(n) * time.Microsecond, nil
}

// parseUint parses a whole decimal number. strconv would do the same on a string
// at the price of an allocation whenever the text is bad, and container-made
// trouble must not make the reader dear.
func parseUint(text []byte) (uint64, error) {
	if len(text) == 0 {
		return 0, ErrEmpty
	}
	if text[0] == '-' {
		return 0, negative(text[1:])
	}
	const safe = 19 // so many digits always fit in 64 bits
	var n uint64
	for i, c := range text {
		digit := uint64(c - '0')
		if digit > 9 {
			return 0, ErrSyntax
		}
		if i >= safe && n > (math.MaxUint64-digit)/10 {
			return 0, numberOr(text, ErrRange)
		}
		n = n*10 + digit
	}
	return n, nil
}

// numberOr returns err for a number, and ErrSyntax for what is none: the fault of
// "99999999999999999999x" is not its size.
func numberOr(text []byte, err error) error {
	for _, c := range text {
		if c < '0' || c > '9' {
			return ErrSyntax
		}
	}
	return err
}

// syntaxIfEmpty turns "no text", said of one field, into what is wrong with the
// line that lacks it.
func syntaxIfEmpty(err error) error {
	if errors.Is(err, ErrEmpty) {
		return ErrSyntax
	}
	return err
}

// negative tells a negative number from a stray dash.
func negative(digits []byte) error {
	if len(digits) == 0 {
		return ErrSyntax
	}
	return numberOr(digits, ErrNegative)
}

package dockerd

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// variableWire decodes one "NAME=value" of the environment. The value is looked at
// where it stands and never copied.
type variableWire Variable

// errNoVariable does not quote what it is about.
var errNoVariable = errors.New("Config.Env holds something that is no variable")

// engineVariable is the one variable of which more than the name is of interest: an
// engine that is reached over the network is as good as its socket.
const engineVariable = "DOCKER_HOST"

// UnmarshalJSON reads a JSON string up to its first equals sign. Engines write that
// sign as it is; where it is escaped the whole has to be decoded to find it.
func (v *variableWire) UnmarshalJSON(data []byte) error {
	if len(data) < 2 || data[0] != '"' {
		return errNoVariable
	}
	raw := data[1 : len(data)-1]
	name, value, found := bytes.Cut(raw, []byte{'='})
	if !found && bytes.Contains(raw, []byte(`\u003`)) {
		return v.decode(data)
	}
	text, err := unquote(name)
	if err != nil {
		return err
	}
	v.Name, v.Set = clip(text, maxName), len(value) > 0
	v.Remote = v.Name == engineVariable && overNetwork(value)
	return nil
}

// decode is the way that copies the value.
func (v *variableWire) decode(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return errNoVariable
	}
	name, value, _ := strings.Cut(text, "=")
	v.Name, v.Set = strings.Clone(clip(name, maxName)), value != ""
	v.Remote = v.Name == engineVariable && overNetwork([]byte(value))
	return nil
}

func unquote(raw []byte) (string, error) {
	var text string
	quoted := append(append([]byte{'"'}, raw...), '"')
	if json.Unmarshal(quoted, &text) != nil {
		return "", errNoVariable
	}
	return text, nil
}

// overNetwork reports whether an engine's address is none of a socket in the file
// system. A slash may be written as an escape.
func overNetwork(value []byte) bool {
	scheme, _, found := bytes.Cut(value, []byte{':'})
	return found && string(scheme) != "unix" && string(scheme) != "fd"
}

// Command receiver is the far end of brink's sinks on the machine of the end-to-end suite: an HTTP server that writes
// down what it is sent, and answers as it is told to; and the program that an exec sink starts.
//
//	receiver serve ADDRESS DIR   each request to /NAME becomes a line of DIR/NAME.log
//	receiver save FILE           standard input and the variables BRINK_* become a line of FILE
//
// A file DIR/NAME.answer says how the server answers /NAME: "500", "429 3" (with Retry-After: 3), or "hang", which holds
// the request until the client has had enough. Without one it is 200.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// arrival is one line of a log.
type arrival struct {
	At time.Time `json:"at"`
	// Answer is the status that was sent back; 0 for a request that was left hanging.
	Answer int               `json:"answer,omitempty"`
	Env    map[string]string `json:"env,omitempty"`
	Body   json.RawMessage   `json:"body"`
}

var errUsage = errors.New("usage: receiver serve ADDRESS DIR | receiver save FILE")

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal("receiver: ", err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "serve":
		server := http.Server{Addr: args[1], Handler: receiver{dir: args[2]}, ReadHeaderTimeout: time.Minute}
		return server.ListenAndServe()
	case len(args) == 2 && args[0] == "save":
		return save(args[1], os.Stdin, os.Environ())
	default:
		return errUsage
	}
}

// save is one call of the program of an exec sink.
func save(path string, input io.Reader, environ []string) error {
	at := time.Now()
	body, err := io.ReadAll(input)
	if err != nil {
		return err
	}
	env := map[string]string{}
	for _, variable := range environ {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "BRINK_") {
			env[name] = value
		}
	}
	return appendLine(path, arrival{At: at, Env: env, Body: body})
}

// appendLine writes one line with one write(2), so that lines of several processes do not mix.
func appendLine(path string, line arrival) error {
	text, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

// receiver serves every path below the directory.
type receiver struct{ dir string }

// ServeHTTP writes the request down before it is answered: a client that was answered can rely on the line.
func (r receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	at := time.Now()
	name := filepath.Base(request.URL.Path)
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	status, retryAfter := r.answer(name)
	if err := appendLine(filepath.Join(r.dir, name+".log"), arrival{At: at, Answer: status, Body: body}); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if status == 0 {
		<-request.Context().Done()
		return
	}
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.WriteHeader(status)
}

// answer is what the file of that name says; 0 stands for hang.
func (r receiver) answer(name string) (status int, retryAfter string) {
	text, err := os.ReadFile(filepath.Join(r.dir, name+".answer"))
	if err != nil {
		return http.StatusOK, ""
	}
	word, retryAfter, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if status, err = strconv.Atoi(word); err != nil {
		return 0, ""
	}
	return status, retryAfter
}

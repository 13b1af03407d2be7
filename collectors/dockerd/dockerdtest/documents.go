package dockerdtest

import (
	"net/http"
	"strings"
)

// SetImage makes an image known under a name or id, with its digests.
func (e *Engine) SetImage(name, id string, digests ...string) {
	e.document("/images/"+name+"/json", map[string]any{"Id": id, "RepoDigests": digests})
}

// SetNetwork makes a network known under its name and id.
func (e *Engine) SetNetwork(name, id string, internal bool) {
	network := map[string]any{"Id": id, "Name": name, "Driver": "bridge", "Internal": internal, "EnableIPv6": false}
	e.document("/networks/"+id, network)
	e.document("/networks/"+name, network)
}

func (e *Engine) document(path string, document any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.documents[path] = document
}

// serveDocument answers about an image or a network. What nobody has set is not
// there.
func (e *Engine) serveDocument(w http.ResponseWriter, path string) {
	e.mu.Lock()
	document, known := e.documents[path]
	e.mu.Unlock()
	if !known {
		kind, name, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		refuse(w, http.StatusNotFound, "No such "+strings.TrimSuffix(kind, "s")+": "+name)
		return
	}
	reply(w, document)
}

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sarifDocumentSchema is the schema of SARIF 2.1.0 with errata 01, as OASIS publishes it
// under the address of sarifSchema. The copy in testdata is the one in version 3.3.1 of
// github.com/owenrumney/go-sarif, to the letter.
func sarifDocumentSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if id := document.(map[string]any)["id"]; id != sarifSchema {
		t.Fatalf("the schema is %v, and the documents name %s", id, sarifSchema)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(sarifSchema, document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(sarifSchema)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSARIFSchema holds the document against the schema that it names, whole and
// spoiled: a schema that takes anything would prove nothing.
func TestSARIFSchema(t *testing.T) {
	schema := sarifDocumentSchema(t)
	var out strings.Builder
	if err := writeSARIF(&out, sarifReport()); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, from, to string
		fits           bool
	}{
		{name: "another version", from: `"version": "2.1.0"`, to: `"version": "2.0.0"`},
		{name: "a kind that there is not", from: `"kind": "notApplicable"`, to: `"kind": "moot"`},
		{name: "a level that there is not", from: `"level": "error"`, to: `"level": "critical"`},
		{name: "a property that there is not", from: `"ruleIndex"`, to: `"index_of_rule"`},
		{name: "a time that is none", from: `"endTimeUtc": "2`, to: `"endTimeUtc": "at 2`},
		{name: "a message without text", from: `"message": {`, to: `"message": {}, "properties": {`},
		{name: "as it is", fits: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(out.String(), test.from, test.to, 1)
			if !test.fits && text == out.String() {
				t.Fatalf("the document has no %s", test.from)
			}
			document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(document); (err == nil) != test.fits {
				t.Errorf("%v", err)
			}
		})
	}
}

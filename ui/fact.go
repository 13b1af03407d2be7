package ui

// fact is a row of the table of fields as the panels have it: the value between its
// words, coloured by the alerts about it. What is absent is "--", but for words,
// which are then left out.
func (s *scene) fact(id FieldID, rank int) field {
	f := &s.fields[id]
	row := Row{Sample: &s.sample, At: s.frame.Snapshot.At}
	found := f.take(row)
	told := field{before: f.Before, after: f.after(found), rank: rank}
	if !found.absent() {
		told.value = f.text(found)
	} else if f.Unit != UnitWords {
		told.value = absent
	}
	for _, metric := range f.metrics {
		told = told.toned(s.tone(metric, ""))
	}
	return told
}

// strong lights up a value that no alert colours.
func (f field) strong() field {
	if f.role == roleText {
		f.role = roleStrong
	}
	return f
}

// padded aligns the value in a column, so that a growing number moves nothing beside
// it.
func (f field) padded(width int) field {
	f.value = left(f.value, width)
	return f
}

// said puts other words around the value.
func (f field) said(before, after string) field {
	f.before, f.after = before, after
	return f
}

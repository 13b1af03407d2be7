package alerts

import "brink/collectors"

// Judge says what a single look can say: the rules as plain thresholds, because
// one snapshot knows no "for a minute".
func Judge(rules []Rule, snapshot collectors.Snapshot) Board {
	var hurry []Rule
	for _, rule := range rules {
		hurry = append(hurry, rule.Hurried())
	}
	board, _ := NewEngine(hurry).Eval(snapshot)
	return board
}

func metricsByName() map[string]Metric {
	index := map[string]Metric{}
	for _, metric := range Metrics() {
		index[metric.Name] = metric
	}
	return index
}

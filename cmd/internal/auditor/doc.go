// Package auditor looks, while brink watches, at how the containers are shut in: at
// every start, and slowly in between. What got worse since it was last good it tells as
// a notice, and remembers over a re-creation of the container and a restart of brink.
package auditor

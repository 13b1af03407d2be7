// Package baseline writes what a good deployment looks like: a compose file, the
// settings of the engine, and the rules of the firewall.
//
// Every value that goes into one of these texts is checked first, for a text that
// root runs is no place to quote things in: a name that could end a line, a string or
// a word is refused.
package baseline

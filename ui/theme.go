package ui

import (
	uv "github.com/charmbracelet/ultraviolet"

	"brink/alerts"
)

// role is what a piece of the screen is for. Panels name roles; only the theme
// knows colours.
type role uint8

const (
	roleText role = iota
	roleMuted
	roleStrong
	roleBrand
	roleBorder
	roleTitle
	roleFocus
	roleSelected
	roleKey
	// The chart: the level, the second level behind it, the limit, idle.
	roleLevel
	roleBehind
	roleLimit
	roleIdle
	// The parts of the memory bar.
	roleAnon
	roleTmpfs
	roleKernel
	roleCache
	// The severities, and the word that all is well.
	roleGood
	roleInfo
	roleWarning
	roleCritical
	// The line of news.
	roleAlarm

	roleCount
)

// theme is the look of every role.
type theme [roleCount]uv.Style

// severityRole returns the role that colours a value with the severity.
func severityRole(severity alerts.Severity) role {
	switch severity {
	case alerts.SeverityCritical:
		return roleCritical
	case alerts.SeverityWarning:
		return roleWarning
	case alerts.SeverityInfo:
		return roleInfo
	default:
		return roleText
	}
}

// severityMark returns the mark that goes with the severity, so that it shows
// where there is no colour.
func severityMark(severity alerts.Severity) string {
	switch severity {
	case alerts.SeverityCritical:
		return "✖"
	case alerts.SeverityWarning:
		return "▲"
	case alerts.SeverityInfo:
		return "●"
	default:
		return ""
	}
}

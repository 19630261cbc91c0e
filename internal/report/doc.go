// Package report makes the tables that pages, CSV and commands print: figures with their completeness.
// It reads aggregates only, never states.
package report

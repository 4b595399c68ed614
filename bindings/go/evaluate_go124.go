//go:build go1.24

package trust

// Findings and outcomes stay where the caller has them, on the stack too.

// #cgo noescape evaluate
// #cgo nocallback evaluate
// #cgo noescape explain
// #cgo nocallback explain
import "C"

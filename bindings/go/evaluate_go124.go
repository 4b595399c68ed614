//go:build go1.24

package trust

// The findings of a call stay where the caller has them, on the stack too.

// #cgo noescape evaluate
// #cgo nocallback evaluate
import "C"

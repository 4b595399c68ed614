//go:build !go1.24

package main

import "runtime"

func own(o *owner) { runtime.SetFinalizer(o, func(*owner) {}) }

//go:build !go1.21

package trust

import "context"

// watch presses once the context ends. stop returns when press is over, or will not come.
func watch(ctx context.Context, press func()) (stop func()) {
	over := make(chan struct{})
	left := make(chan struct{})
	go func() {
		defer close(left)
		select {
		case <-ctx.Done():
			press()
		case <-over:
		}
	}()
	return func() {
		close(over)
		<-left
	}
}

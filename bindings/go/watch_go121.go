//go:build go1.21

package trust

import "context"

// watch presses once the context ends. stop returns when press is over, or will not come.
func watch(ctx context.Context, press func()) (stop func()) {
	pressed := make(chan struct{})
	forget := context.AfterFunc(ctx, func() {
		press()
		close(pressed)
	})
	return func() {
		if !forget() {
			<-pressed
		}
	}
}

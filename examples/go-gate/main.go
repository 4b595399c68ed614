package main

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	trust "libtrust.example/go"
)

// go-gate -cert server.pem -key server.key pump-1=pump-1.pub pump-2=pump-2.pub
func main() {
	address := flag.String("listen", "localhost:8443", "where to listen")
	cert := flag.String("cert", "server.pem", "certificate of the server")
	key := flag.String("key", "server.key", "its key")
	policy := flag.String("policy", "policy.json", "policy document")
	blocked := flag.String("blocked", "", "list of addresses with a bad name, one a line")
	flag.Parse()
	engine, err := newEngine(*policy, *blocked)
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	for _, argument := range flag.Args() {
		if err := enroll(engine, argument); err != nil {
			log.Fatal(err)
		}
	}
	server := newServer(engine, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "Come in.")
	}))
	server.Addr = *address
	log.Fatal(server.ListenAndServeTLS(*cert, *key))
}

func newServer(engine *trust.Engine, next http.Handler) *http.Server {
	gate := &Gate{Engine: engine, Next: next}
	return &http.Server{
		Handler:           gate,
		ConnContext:       gate.ConnContext,
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS13}, // older ones have no exporter value
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second, // who is refused may have a body to send, and never does
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * mostTrust,
		MaxHeaderBytes:    16 << 10,
	}
}

func newEngine(policyFile, blockedFile string, more ...trust.Option) (*trust.Engine, error) {
	document, err := os.ReadFile(policyFile)
	if err != nil {
		return nil, err
	}
	policy, err := trust.LoadPolicyUnsigned(document)
	if err != nil {
		return nil, err
	}
	defer policy.Close()
	source := trust.Source{Name: "blocked", Format: trust.SourceCIDR, Category: trust.ListBlock}
	if blockedFile != "" {
		if source.Data, err = os.ReadFile(blockedFile); err != nil {
			return nil, err
		}
	}
	table, err := trust.BuildTable([]trust.Source{source})
	if err != nil {
		return nil, err
	}
	defer table.Close()
	return trust.NewEngine(append(more, trust.WithPolicy(policy), trust.WithTable(table))...)
}

// enroll registers a device from "id=file of its public key".
func enroll(engine *trust.Engine, argument string) error {
	id, file, _ := strings.Cut(argument, "=")
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	key, err := trust.ReadPublicKey(data)
	if err != nil {
		return err
	}
	device, err := engine.Enroll(context.Background(), id, trust.Enrolment{Keys: []ed25519.PublicKey{key}})
	if err != nil {
		return err
	}
	return device.Close()
}

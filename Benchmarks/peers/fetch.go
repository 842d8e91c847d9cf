// fetch: fetches a list of URLs with net/http, N at once, and throws the bodies away or saves them. A peer of the benchmark.
//
//	fetch [-max N] [-save DIR] [-cacert FILE] [LIST]      (LIST: one URL a line; standard input without it)
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"sync"
	"sync/atomic"
)

func main() {
	most := flag.Int("max", 64, "requests at once")
	save := flag.String("save", "", "folder to save bodies in")
	authority := flag.String("cacert", "", "certificates to trust")
	flag.Parse()

	list := os.Stdin
	if flag.NArg() > 0 {
		file, err := os.Open(flag.Arg(0))
		check(err)
		list = file
	}
	transport := &http.Transport{MaxIdleConnsPerHost: *most, ForceAttemptHTTP2: true}
	if *authority != "" {
		text, err := os.ReadFile(*authority)
		check(err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(text)
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	client := &http.Client{Transport: transport}

	var failures int64
	var workers sync.WaitGroup
	urls := make(chan string, *most)
	for index := 0; index < *most; index++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for url := range urls {
				if err := fetch(client, url, *save); err != nil {
					atomic.AddInt64(&failures, 1)
				}
			}
		}()
	}
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		urls <- lines.Text()
	}
	close(urls)
	workers.Wait()
	if failures > 0 {
		fmt.Fprintln(os.Stderr, failures, "failed")
		os.Exit(1)
	}
}

func fetch(client *http.Client, url, save string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	var target io.Writer = io.Discard
	if save != "" {
		file, err := os.Create(path.Join(save, path.Base(url)))
		if err != nil {
			return err
		}
		defer file.Close()
		target = file
	}
	_, err = io.Copy(target, response.Body)
	return err
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

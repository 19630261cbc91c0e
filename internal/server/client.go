package server

import (
	"net/http"
	"strings"
)

// Words for what asks, looked for in the order of the lists: each browser also names those that came before it.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"coc_coc", "Cốc Cốc"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}}
)

// ClientOf says what a request was sent with, such as "Firefox, Windows": enough for its owner to know it again, and no more. It is
// "" for what names neither.
func ClientOf(r *http.Request) string {
	agent := r.UserAgent()
	var words []string
	for _, list := range [][][2]string{browsers, systems} {
		for _, w := range list {
			if strings.Contains(agent, w[0]) {
				words = append(words, w[1])
				break
			}
		}
	}
	return strings.Join(words, ", ")
}

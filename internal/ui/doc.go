// Package ui is the look of every page of the station, the hub and the demo: one layout, the components,
// one template per page, one stylesheet, and for each page a struct that says what the page needs to know.
//
// A page lives in two files side by side: station_today.go declares the struct Today, station_today.html
// draws it. Pages both programs show are desk_*; those of a hub hub_*; those of the training control room
// demo_*. Handlers fill a struct and call Engine.Render; they write no HTML. In a struct
//
//   - a string is shown as it is: dates, ages and moments come from locale.Catalogue (Date, Age, When…),
//     names from the registry, sentences from Catalogue.T("say.…");
//   - an int is a count, written as the language writes numbers;
//   - a status is a kind (MarkDue, TickHub, VerdictAsk…), and the template finds word, shape and colour;
//   - the zero value of everything draws nothing, or the page's empty state.
//
// Templates know the addresses they post to; they are listed in routes.go, together with the names of the
// form fields, and are the contract between this package and the handlers.
//
// The pages work without scripts. With them, htmx swaps parts, tramy.js adds the keyboard day.js keeps the day's lists fresh, paper.js
// ticks a row of a list from paper as a whole.
// Nothing is inline and nothing comes from another host: ContentSecurityPolicy is strict, and tests hold it.
//
// Read engine.go, then frame.go, then any page.
package ui

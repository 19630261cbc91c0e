package store

// ExchangesKept is how many exchanges an engine keeps for people to look back on; the oldest go.
const ExchangesKept = 200

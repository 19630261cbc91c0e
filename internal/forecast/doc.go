// Package forecast answers three questions about one person under one national schedule, on one day: is
// each recorded dose valid, and if not why; what comes next in each vaccine group, and when; which
// vaccines would be given for it. It is pure: no clock, no database, no randomness, and it knows no
// country. A country is a Schedule.
//
// The algorithm is that of the CDSi Logic Specification 4.6 of the US Centers for Disease Control and
// Prevention; its rule names stand beside the code in brackets, as [CALCDTAGE-1]. What this package adds
// for schedules that are not the US one is marked "Addition": birth dates known to the month or year only,
// vaccines offered at some places and times only, series that ask for a history, doses that a campaign
// gave beside the routine ones, the 24 hours of a birth dose, dates that count back from a coming birth.
//
// Read schedule.go for what a schedule says, patient.go for what is known of a person and what a result holds,
// reason.go for why. The steps are one file each: engine.go (doses in order, the order of the whole),
// relevant.go, evaluate.go with interval.go, conflict.go and skip.go, next.go with standing.go, choose.go,
// group.go. Schedules are made by loaders: package cdsi reads the supporting data of CDSi.
//
// CDC's published cases are the test TestCDSI, where their folder is at hand: TRAMY_CDSI names it.
package forecast

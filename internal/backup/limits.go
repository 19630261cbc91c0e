package backup

import "time"

// Limits and times, all of them.
const (
	// Kept is how many backups stay in each place; older ones go once a newer one was verified.
	Kept = 7
	// DueAfter is how old the newest backup may get before a start makes another.
	DueAfter = 24 * time.Hour
	// LateAfter is from when on people are told that there is no new backup.
	LateAfter = 7 * 24 * time.Hour
	// SpareBytes is what must be left on a drive after a backup: people go on working.
	SpareBytes = 32 << 20
	// Schedule is when a program that runs through makes backups (cron): at night, some minutes off the hour.
	Schedule = "17 2 * * *"

	startDelay = 2 * time.Minute // after a start: first the page, the exchange, the morning's lists
	retryAfter = time.Hour       // after a failure

	manifestBytesMax  = 64 << 10
	keyFileBytesMax   = 64 << 10
	signatureBytesMax = 64
	filesMax          = 8 // parts of a backup
)

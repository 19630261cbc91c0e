package node

// Limits of what one request of a child can make a node hold or do.
const (
	// listedLogsMax is how many logs a station can list in one request: three laptops write fewer in ten years. A hub lists those of
	// all its stations.
	listedLogsMax = 65_536
	// wantsAnsweredMax is how many entities of one request's Wants are answered; a child asks again for the rest.
	wantsAnsweredMax = 8 * wantedPerCall
)

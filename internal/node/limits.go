package node

import (
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of what one child can make a node keep or do. What hubs below send is not bounded here: a hub speaks for all its
// stations, and what each of those could make grow was bounded by the hub that it calls.
const (
	// parkedThroughMax is how many segments wait here that one station brought, of devices or keys that nobody here knows. What
	// is beyond is left out: its author, who has it, brings it.
	parkedThroughMax = 1024
	// bareLogsMax is how many logs of which nothing is here one station can make known by naming them, and how many it can list
	// in one request: three laptops write fewer in ten years.
	bareLogsMax = 65_536
	// wantsAnsweredMax is how many entities of one request's Wants are answered; a child asks again for the rest.
	wantsAnsweredMax = 8 * wantedPerCall
)

// errParkedFull says that enough waits already of what a station brought. It is the segment's trouble, not the queue's.
var errParkedFull = fmt.Errorf("%d segments of devices or keys that are not known here wait already of what this machine brought: %w",
	parkedThroughMax, p.ErrLimit)

// isStation reports whether a child is a station, as far as is known here.
func isStation(tx store.Tx, child p.EntityID) (bool, error) {
	dev, err := tx.Device(child)
	return dev != nil && dev.Role == registry.NodeStation, err
}

// mayPark fails with errParkedFull if no more may wait of what this child brings.
func mayPark(tx store.Tx, via p.EntityID) error {
	station, err := isStation(tx, via)
	if err != nil || !station {
		return err
	}
	waiting, err := tx.ParkedThrough(via)
	if err == nil && waiting >= parkedThroughMax {
		err = errParkedFull
	}
	return err
}

// counterBare begins the name of the counter of logs that a station has made known by naming them alone.
const counterBare = "bare."

// mayName reports whether a child may make one more log known of which nothing is here, and counts it.
func mayName(tx store.Tx, child p.EntityID) (bool, error) {
	station, err := isStation(tx, child)
	if err != nil || !station {
		return err == nil, err
	}
	k, err := tx.Counter(counterBare + child.String())
	if err != nil || k >= bareLogsMax {
		return false, err
	}
	return true, tx.SetCounter(counterBare+child.String(), k+1)
}

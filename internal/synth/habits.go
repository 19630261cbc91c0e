package synth

// How people live, of a hundred, or of a thousand where a name says so. All of it is made up, near what
// the field reports where it reports anything: registration late, temporary names, families that move, phones shared.
const (
	multipleBirthsPermille = 11 // of deliveries
	tripletsPerHundred     = 2  // of those
	secondChild            = 34 // of families with one child born within the years
	thirdChild             = 14 // of those with two
	fatherUnknown          = 8
	guardian               = 5 // grandparents bring the child up
	cousins                = 14
	namesakePermille       = 4
	motherPhone            = 84
	fatherPhone            = 60
	sharedPhone            = 22 // one phone for both
	healthWorkersPhone     = 4  // the village health worker's is given
	numberLaterMonths      = 2  // the personal number comes so late, on average
	numberNever            = 6
	unnamedDays            = 30 // a newborn may have no name yet
	unnamed                = 45 // of those
	lowWeight              = 6  // under 2,500 g
	birthHour              = 60 // time of birth is written down
	pregnantAgain          = 6  // mothers who are pregnant now
	firstPregnancy         = 5  // families to be, for a hundred with children
	motherOnRecord         = 55 // as a pregnant woman, of mothers who gave birth within the year
	insured                = 70

	diedPermille   = 7
	movedPerCent   = 3
	movedKnown     = 70 // of those who moved: to the next commune, where they are on record too
	absentPerCent  = 2
	wentToOwnHome  = 4  // pregnant women who are on record at their own mother's, too
	thirdRecord    = 10 // of those on record twice
	alsoByHospital = 48
	alsoByClinic   = 20
	alsoNextDoor   = 22 // the rest: twice at the same station
)

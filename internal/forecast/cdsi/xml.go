package cdsi

// What the two kinds of file look like, element by element. Text is read as it stands; load.go makes sense
// of it.

type scheduleFile struct {
	Conflicts []struct {
		Previous vaccineText `xml:"previous"`
		Current  vaccineText `xml:"current"`
		Begin    string      `xml:"conflictBeginInterval"`
		MinEnd   string      `xml:"minConflictEndInterval"`
		End      string      `xml:"conflictEndInterval"`
	} `xml:"liveVirusConflicts>liveVirusConflict"`
	Groups []struct {
		Name string `xml:"name"`
		Full string `xml:"administerFullVaccineGroup"`
	} `xml:"vaccineGroups>vaccineGroup"`
	GroupMaps []struct {
		Name     string   `xml:"name"`
		Antigens []string `xml:"antigen"`
	} `xml:"vaccineGroupToAntigenMap>vaccineGroupMap"`
	Vaccines []struct {
		CVX          string `xml:"cvx"`
		Name         string `xml:"shortDescription"`
		Associations []struct {
			Antigen string `xml:"antigen"`
			Begin   string `xml:"associationBeginAge"`
			End     string `xml:"associationEndAge"`
		} `xml:"association"`
	} `xml:"cvxToAntigenMap>cvxMap"`
	Observations []struct {
		Code  string `xml:"observationCode"`
		Title string `xml:"observationTitle"`
	} `xml:"observations>observation"`
}

type antigenFile struct {
	ImmuneBy []struct {
		Code string `xml:"guidelineCode"`
	} `xml:"immunity>clinicalHistory"`
	ImmuneBirths []struct {
		Before     string   `xml:"immunityBirthDate"`
		Exclusions []string `xml:"exclusion>exclusionCode"`
	} `xml:"immunity>dateOfBirth"`
	Contraindications []contraText `xml:"contraindications>vaccineGroup>contraindication"`
	VaccineContra     []contraText `xml:"contraindications>vaccine>contraindication"`
	Series            []seriesText `xml:"series"`
}

type contraText struct {
	Code     string        `xml:"observationCode"`
	Text     string        `xml:"contraindicationText"`
	Begin    string        `xml:"beginAge"`
	End      string        `xml:"endAge"`
	Vaccines []vaccineText `xml:"contraindicatedVaccine"`
}

type vaccineText struct {
	Name     string `xml:"vaccineType"`
	CVX      string `xml:"cvx"`
	Begin    string `xml:"beginAge"`
	End      string `xml:"endAge"`
	Trade    string `xml:"tradeName"`
	MVX      string `xml:"mvx"`
	Forecast string `xml:"forecastVaccineType"`
}

type seriesText struct {
	Name       string   `xml:"seriesName"`
	Antigen    string   `xml:"targetDisease"`
	Group      string   `xml:"vaccineGroup"`
	Guidance   []string `xml:"seriesAdminGuidance"`
	Type       string   `xml:"seriesType"`
	Equivalent string   `xml:"equivalentSeriesGroups"`
	Genders    []string `xml:"requiredGender"`
	Select     struct {
		Default    string `xml:"defaultSeries"`
		Product    string `xml:"productPath"`
		Cluster    string `xml:"seriesGroup"`
		Priority   string `xml:"seriesPriority"`
		Preference string `xml:"seriesPreference"`
		StartBy    string `xml:"maxAgeToStart"`
	} `xml:"selectSeries"`
	Indications []struct {
		Code  string `xml:"observationCode>code"`
		Begin string `xml:"beginAge"`
		End   string `xml:"endAge"`
	} `xml:"indication"`
	Doses []doseText `xml:"seriesDose"`
}

type doseText struct {
	Ages []struct {
		AbsMin      string `xml:"absMinAge"`
		Min         string `xml:"minAge"`
		EarliestRec string `xml:"earliestRecAge"`
		LatestRec   string `xml:"latestRecAge"`
		Max         string `xml:"maxAge"`
		spanText
	} `xml:"age"`
	Intervals   []intervalText `xml:"interval"`
	Allowable   []intervalText `xml:"allowableInterval"`
	Preferable  []vaccineText  `xml:"preferableVaccine"`
	Accepted    []vaccineText  `xml:"allowableVaccine"`
	Inadvertent []vaccineText  `xml:"inadvertentVaccine"`
	Skips       []struct {
		Context string `xml:"context"`
		Logic   string `xml:"setLogic"`
		Sets    []struct {
			Logic      string          `xml:"conditionLogic"`
			Conditions []conditionText `xml:"condition"`
			spanText
		} `xml:"set"`
	} `xml:"conditionalSkip"`
	Recurring string `xml:"recurringDose"`
	Season    struct {
		Start string `xml:"startDate"`
		End   string `xml:"endDate"`
	} `xml:"seasonalRecommendation"`
}

type spanText struct {
	Effective string `xml:"effectiveDate"`
	Cessation string `xml:"cessationDate"`
}

type intervalText struct {
	Previous    string `xml:"fromPrevious"`
	Target      string `xml:"fromTargetDose"`
	MostRecent  string `xml:"fromMostRecent"`
	Observation string `xml:"fromRelevantObs>code"`
	AbsMin      string `xml:"absMinInt"`
	Min         string `xml:"minInt"`
	EarliestRec string `xml:"earliestRecInt"`
	LatestRec   string `xml:"latestRecInt"`
	Priority    string `xml:"intervalPriority"`
	spanText
}

type conditionText struct {
	Type     string `xml:"conditionType"`
	Start    string `xml:"startDate"`
	End      string `xml:"endDate"`
	BeginAge string `xml:"beginAge"`
	EndAge   string `xml:"endAge"`
	Interval string `xml:"interval"`
	Count    string `xml:"doseCount"`
	Doses    string `xml:"doseType"`
	Compare  string `xml:"doseCountLogic"`
	Vaccines string `xml:"vaccineTypes"`
	Clusters string `xml:"seriesGroups"`
}

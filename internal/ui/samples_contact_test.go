package ui

var contactForm = ContactForm{
	Via: Select{Value: "phone", Options: []Option{{"phone", "Gọi điện"}, {"worker", "Y tế bản đến"}}}, Until: Field{Value: "32/12", Error: "Không có ngày 32/12."},
	Results: []Option{{"coming", "Sẽ đến"}, {"unreached", "Không gặp"}, {"away", "Đi vắng đến ngày"}}, Moved: true, Back: "/due?list=overdue",
}

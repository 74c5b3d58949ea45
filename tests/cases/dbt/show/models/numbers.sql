select * from (values (1000, 1234567.891::decimal(18,3), 1.23456::double, 1e10::double, 12345678901234567890::hugeint, -5.5::decimal(4,2)), (5, 2.5, 2.0, 0.1, 3, null)) t(i, d, f, g, h, k)

select {{ n() }} as x

select {{ m3() }} as id

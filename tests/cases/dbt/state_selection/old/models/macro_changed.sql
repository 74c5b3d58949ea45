select {{ m2() }} as id

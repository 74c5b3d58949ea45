select {{ is_incremental() }} as id

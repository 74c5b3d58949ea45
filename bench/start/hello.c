/* The least a program can do: what bench/start compares with. */
#include <stdio.h>

int main(void)
{
    puts("hello");
    return 0;
}

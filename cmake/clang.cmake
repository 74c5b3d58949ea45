# Toolchain: clang 14, against which the checks are written, or else the next one there is.
find_program(CLANG NAMES clang-14 clang-15 clang-16 clang-17 clang-18 clang REQUIRED)
find_program(CLANGXX NAMES clang++-14 clang++-15 clang++-16 clang++-17 clang++-18 clang++ REQUIRED)
set(CMAKE_C_COMPILER ${CLANG})
set(CMAKE_CXX_COMPILER ${CLANGXX})
set(CMAKE_ASM_COMPILER ${CLANG})

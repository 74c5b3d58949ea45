# Python sources of this project; README.md beside this file says how they look.

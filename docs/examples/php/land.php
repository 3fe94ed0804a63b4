<?php
echo 'Your land titles';

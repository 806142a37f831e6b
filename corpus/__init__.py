"""The corpus side of mudawwana: from scraped pages to a versioned release."""

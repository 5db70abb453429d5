-- What of OpenStreetMap goes into the tiles that the cockpit draws: streets first, then what one finds one's way by.
-- Layers and zooms are in tiles.json, their look in the cockpit's style.

node_keys = { "place", "amenity", "shop", "tourism", "leisure", "railway", "addr:housenumber", "highway" }
way_keys = {
  "highway", "railway", "waterway", "natural", "water", "landuse", "leisure", "building", "boundary", "amenity", "shop",
  "tourism", "addr:housenumber", "route", "aeroway",
}

local function set(names)
  local found = {}
  for name in names:gmatch("%S+") do found[name] = true end
  return found
end

-- Road classes: what they are called in the tiles, and the zoom from which they are seen.
local ROADS = {
  motorway = { "motorway", 5 }, motorway_link = { "motorway", 9 }, trunk = { "trunk", 6 }, trunk_link = { "trunk", 9 },
  primary = { "primary", 7 }, primary_link = { "primary", 10 }, secondary = { "secondary", 9 },
  secondary_link = { "secondary", 11 }, tertiary = { "tertiary", 10 }, tertiary_link = { "tertiary", 11 },
  unclassified = { "minor", 12 }, residential = { "minor", 12 }, living_street = { "minor", 12 }, road = { "minor", 12 },
  service = { "service", 13 }, track = { "track", 13 }, pedestrian = { "path", 13 }, footway = { "path", 14 },
  path = { "path", 14 }, cycleway = { "path", 14 }, steps = { "path", 14 }, bridleway = { "path", 14 },
}
local GREEN = set("forest wood meadow grass orchard vineyard cemetery recreation_ground village_green allotments scrub heath")
local PARK = set("park garden golf_course pitch playground nature_reserve")
local FIELD = set("farmland farmyard")
local TOWN = set("residential commercial industrial retail")
local BARE = set("bare_rock scree glacier sand beach")
local PLACES = {
  country = 3, state = 5, city = 5, town = 8, village = 10, suburb = 12, hamlet = 12, neighbourhood = 13, quarter = 13,
  locality = 14, island = 11,
}
local POINTS = set(
  "fuel parking hospital pharmacy police school university library restaurant cafe fast_food bank post_office townhall "
  .. "theatre cinema ferry_terminal bus_station supermarket mall hotel museum attraction viewpoint station stadium "
  .. "sports_centre swimming_pool"
)

-- Plain zh may be written in either script: what says that it is simplified comes first.
local function named(language)
  local found = language == "zh" and Find("name:zh-Hans") or ""
  return found ~= "" and found or Find("name:" .. language)
end

local function names()
  local name = Find("name")
  if name == "" then return end
  Attribute("name", name)
  for _, language in ipairs({ "en", "zh" }) do
    local other = named(language)
    if other ~= "" and other ~= name then Attribute("name_" .. language, other) end
  end
end

local function point()
  for _, key in ipairs({ "amenity", "shop", "tourism", "leisure", "railway" }) do
    local kind = Find(key)
    if kind == "charging_station" then
      LayerAsCentroid("station")
      names()
      AttributeNumeric("power", tonumber(string.match(Find("socket:type2_combo:output"), "%d+") or "0") or 0)
      return
    end
    if POINTS[kind] and (Find("name") ~= "" or kind == "parking" or kind == "fuel") then
      if kind == "parking" and (Find("access") == "private" or Find("access") == "no") then return end
      LayerAsCentroid("point")
      Attribute("kind", kind)
      names()
      return
    end
  end
end

local function number()
  local text = Find("addr:housenumber")
  if text ~= "" then
    LayerAsCentroid("number")
    Attribute("number", text)
  end
end

function node_function()
  local place = Find("place")
  if PLACES[place] then
    Layer("place", false)
    Attribute("kind", place)
    names()
    local people = tonumber(Find("population")) or 0
    AttributeNumeric("rank", PLACES[place])
    MinZoom(PLACES[place])
    ZOrder(people > 0 and math.min(100, math.floor(math.log(people) * 8)) or 0)
    return
  end
  point()
  number()
end

local function road(kind)
  local class = ROADS[kind]
  if class == nil or Find("area") == "yes" then return end
  local zoom = class[2]
  if kind == "service" and Find("service") ~= "" then zoom = 14 end
  Layer("road", false)
  MinZoom(zoom)
  Attribute("class", class[1])
  if kind:find("_link") then AttributeBoolean("link", true) end
  if Find("tunnel") ~= "" and Find("tunnel") ~= "no" then AttributeBoolean("tunnel", true) end
  if Find("bridge") ~= "" and Find("bridge") ~= "no" then AttributeBoolean("bridge", true) end
  local oneway = Find("oneway")
  if oneway == "yes" or oneway == "1" or oneway == "-1" then AttributeNumeric("oneway", oneway == "-1" and -1 or 1, 13) end
  if Find("toll") == "yes" then AttributeBoolean("toll", true) end
  local name, ref = Find("name"), Find("ref")
  if name ~= "" then
    Attribute("name", name, 12)
    for _, language in ipairs({ "en", "zh" }) do
      local other = named(language)
      if other ~= "" and other ~= name then Attribute("name_" .. language, other, 12) end
    end
  end
  if ref ~= "" then Attribute("ref", ref, 8) end
  ZOrder(-zoom + (tonumber(Find("layer")) or 0) * 20)
end

local function land()
  local use, natural, leisure = Find("landuse"), Find("natural"), Find("leisure")
  local kind
  if PARK[leisure] then kind = "park"
  elseif GREEN[use] or GREEN[natural] then kind = (use == "forest" or natural == "wood") and "wood" or "green"
  elseif FIELD[use] then kind = "field"
  elseif TOWN[use] then kind = "town"
  elseif BARE[natural] then kind = "bare"
  elseif Find("aeroway") == "aerodrome" then kind = "town"
  end
  if kind then
    Layer("land", true)
    Attribute("kind", kind)
    return true
  end
  return false
end

function way_function()
  local highway, railway = Find("highway"), Find("railway")
  if highway ~= "" then road(highway) end
  if Find("route") == "ferry" then
    Layer("road", false)
    MinZoom(9)
    Attribute("class", "ferry")
    names()
  end
  if railway == "rail" or railway == "light_rail" or railway == "tram" or railway == "narrow_gauge" then
    Layer("rail", false)
    Attribute("kind", railway)
    if Find("service") ~= "" then MinZoom(13) else MinZoom(railway == "tram" and 13 or 9) end
    if Find("tunnel") == "yes" then AttributeBoolean("tunnel", true) end
  end
  local waterway = Find("waterway")
  if waterway == "river" or waterway == "canal" or waterway == "stream" then
    Layer("stream", false)
    Attribute("kind", waterway)
    MinZoom(waterway == "stream" and 13 or 8)
    names()
  end
  if IsClosed() then
    if Find("natural") == "water" or waterway == "riverbank" or Find("landuse") == "reservoir" then
      Layer("water", true)
      names()
    elseif Find("building") ~= "" and Find("building") ~= "no" then
      Layer("building", true)
    else
      land()
    end
    point()
    number()
  end
end

function relation_scan_function()
  if Find("type") == "boundary" and Find("boundary") == "administrative" then
    local level = tonumber(Find("admin_level")) or 11
    if level <= 4 then Accept() end
  end
end

function relation_function()
  Layer("border", false)
  local level = tonumber(Find("admin_level")) or 4
  AttributeNumeric("level", level)
  MinZoom(level <= 2 and 2 or 5)
end

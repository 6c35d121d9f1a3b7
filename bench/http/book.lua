-- Books one free time after another. Arguments: the offset of the first, the token, the time of the
-- first (seconds since 1970), the doctors' and the patients' ids, separated by commas.

local function split(text)
  local parts = {}
  for part in text:gmatch("[^,]+") do parts[#parts + 1] = part end
  return parts
end

function init(args)
  number = tonumber(args[1])
  headers = {["Authorization"] = "Bearer " .. args[2], ["Content-Type"] = "application/json"}
  first = tonumber(args[3])
  doctors = split(args[4])
  patients = split(args[5])
end

function request()
  local visit = number
  number = number + 1
  local at = first + 300 * math.floor(visit / #doctors)
  local body = string.format(
    '{"doctor_id":"%s","patient_id":"%s","scheduled_time":"%s","duration_minutes":5,"reason":"load"}',
    doctors[visit % #doctors + 1], patients[visit % #patients + 1],
    os.date("!%Y-%m-%dT%H:%M:%SZ", at))
  return wrk.format("POST", "/api/appointments", headers, body)
end
